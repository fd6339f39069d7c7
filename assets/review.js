/* Choices next to the issues: one for a whole kind, and the number of pending ones. Restores
   keyboard focus after the page is redrawn. */
(function () {
  "use strict";

  var CONTENT = "data-content";
  /* Where focus goes if its element is gone: to the result, else to the top. */
  var INSTEAD = ["#" + CONTENT + " .issues-said", "#" + CONTENT + " h1"];
  var last = null;

  function nothing() { return window.dash_clientside.no_update; }

  function usable(element) { return element && !element.disabled; }

  function refocus() {
    if (!last || document.activeElement !== document.body) { return; }
    if (last.isConnected && !last.disabled) { return; }
    var same = last.id && document.getElementById(last.id);
    var found = usable(same) ? same : INSTEAD.map(function (place) {
      return document.querySelector(place);
    }).find(usable);
    if (!found) { return; }
    if (found !== same) { found.tabIndex = -1; }
    last = null;
    found.focus({preventScroll: true});
  }

  document.addEventListener("focusin", function (event) {
    var inside = event.target.closest("#" + CONTENT);
    last = inside ? event.target : null;
  });
  window.portalChanges(refocus);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    review: {
      choose_all: function (chosen, ids) {
        var trigger = window.dash_clientside.callback_context.triggered_id;
        var all = window.dash_clientside.callback_context.triggered;
        var way = all.length ? all[0].value : "";
        return ids.map(function (id) {
          return trigger && way && id.key.indexOf(trigger.kind + ":") === 0 ? way : nothing();
        });
      },
      count_changes: function (values, ids, holds) {
        var changed = values.filter(function (value, place) {
          return value && value !== (holds || {})[ids[place].key];
        }).length;
        var words = changed === 1 ? "Apply 1 change" : "Apply " + changed + " changes";
        return [changed ? words : "Apply fixes", !changed];
      }
    }
  });
})();
