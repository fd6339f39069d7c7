/* Switches tabs by click and arrow keys; see dashapp/components/tab_bar.py. */
(function () {
  "use strict";

  /* Fraction of the window's height below which there is no space to read. */
  var LOW = 0.5;

  function select(tab, step) {
    tab.parentElement.querySelectorAll("[role=tab]").forEach(function (other) {
      var here = other === tab;
      other.setAttribute("aria-selected", here ? "true" : "false");
      other.tabIndex = here ? 0 : -1;
      other.classList.toggle("tab-selected", here);
    });
    /* Update the URL first, because whatever the switch draws reads it. Arrow keys add no history
       entries. */
    window.portalAddress.change({tab: tab.dataset.tab}, step);
    window.dash_clientside.set_props(tab.dataset.store, {data: tab.dataset.tab});
  }

  function neighbor(tab, key) {
    var tabs = Array.from(tab.parentElement.querySelectorAll("[role=tab]"));
    var place = tabs.indexOf(tab);
    var places = {
      ArrowRight: (place + 1) % tabs.length,
      ArrowLeft: (place - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1
    };
    return key in places ? tabs[places[key]] : null;
  }

  document.addEventListener("click", function (event) {
    var tab = event.target.closest("[role=tab][data-tab]");
    if (!tab || tab.tabIndex >= 0) { return; }
    select(tab, true);
    /* If the tabs are low on the page, below cards, their content would open out of sight. */
    if (tab.getBoundingClientRect().top > LOW * window.innerHeight) { tab.scrollIntoView(); }
  });

  document.addEventListener("keydown", function (event) {
    var tab = event.target.closest("[role=tab][data-tab]");
    var next = tab && neighbor(tab, event.key);
    if (next) {
      event.preventDefault();
      next.focus();
      select(next, false);
    }
  });
})();
