/* Choices beside the issues: one for a whole kind, and how many are not applied yet. */
(function () {
  "use strict";

  function nothing() { return window.dash_clientside.no_update; }

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
