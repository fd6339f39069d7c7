/* Polls a job: asks again only after the last response, however slow the connection.

   A timer would send the next request while a response is in flight, and Dash drops a response once
   a newer request was sent: on a slow connection no response would ever count. */
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
