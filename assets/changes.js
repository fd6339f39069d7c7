/* Notifies other scripts of page changes. Ignores charts and tables: they change thousands of
   nodes, hold nothing that the other scripts need, and scanning the page each time would take
   longer than drawing it. */
(function () {
  "use strict";

  var PICTURES = ".js-plotly-plot, .portal-grid";

  function isOfPage(change) {
    var place = change.target;
    return !(place instanceof Element) || !(place instanceof SVGElement || place.closest(PICTURES));
  }

  window.portalChanges = function (tell) {
    new MutationObserver(function (changes) {
      if (changes.some(isOfPage)) { tell(); }
    }).observe(document.documentElement, {childList: true, subtree: true});
  };
})();
