/* Asks how far a job is: again only after the answer to the last question, however slow the line.

   A clock would ask on while an answer is on its way, and Dash drops an answer once a newer question
   has been asked: where answers take longer than the clock, none would ever count. */
(function () {
  "use strict";

  var next = null;
  var asked = 0;

  function ask() {
    asked += 1;
    window.dash_clientside.set_props("shell-poll", {data: asked});
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    polling: {
      ask_later: function (pace) {
        clearTimeout(next);
        if (pace) { next = setTimeout(ask, pace.milliseconds); }
      }
    }
  });
})();
