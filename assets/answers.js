/* Reports that the server is unavailable or busy, and retries automatically.

   Dash would log any response but 200 and 204 as a page error and drop the callback. */
(function () {
  "use strict";

  var send = window.fetch.bind(window);
  /* Longer waits are for a place in the queue and affect only that request. */
  var SHARED_SECONDS = 3;
  var MOST_SECONDS = 60;
  /* After this time the page stops retrying; any click retries. */
  var PATIENCE_SECONDS = 120;
  var PATIENCE_IN_ROW_SECONDS = 900;
  /* Delays before the first, second… attempt to reach an unreachable server. */
  var LOST_SECONDS = [1, 2, 3];
  /* A connection that is silent for this long is dead, as after a laptop's sleep. */
  var SILENT_SECONDS = 60;
  var READING_SECONDS = 10;
  var LOST = "The connection to the server is lost. Nothing is lost with it; trying again…";
  /* All requests share one pause, so that a recovering server is not flooded. */
  var pause = null;
  var inRow = 0;
  var reading = null;
  var newest = {};
  var turns = 0;

  function place() {
    var found = document.getElementById("portal-away");
    if (found) { return found; }
    var made = document.createElement("div");
    made.id = "portal-away";
    made.setAttribute("role", "status");
    document.body.appendChild(made);
    return made;
  }

  function say(sentence, kind) {
    var words = place();
    words.className = sentence ? "portal-away message message-" + kind : "portal-away";
    if (words.textContent !== sentence) { words.textContent = sentence; }
    clearTimeout(reading);
    reading = kind === "danger" ? setTimeout(hush, 1000 * READING_SECONDS) : null;
  }

  function hush() { say("", ""); }

  /* Clears the message once the server responds again, except errors, which stay long enough to
     read, and messages of requests that are still waiting in the queue. */
  function hushUnlessRead() {
    if (place().textContent && !reading && !inRow) { hush(); }
  }

  function nothing() { return new Response(null, {status: 204}); }

  /* Jitter keeps many browsers from retrying at the same moment. */
  function after(seconds) {
    return new Promise(function (resolve) {
      setTimeout(resolve, 1000 * seconds * (1 + Math.random() / 4));
    });
  }

  function wait(seconds) {
    if (seconds > SHARED_SECONDS) {
      inRow += 1;
      return after(seconds).then(function () { inRow -= 1; });
    }
    pause = pause || after(seconds).then(function () { pause = null; });
    return pause;
  }

  function isOurs(address) { return String(address).indexOf("/_dash-") >= 0; }

  /* Polls of a job: each needs a response to trigger the next, so they are retried forever. */
  function follows(request) { return request.key && request.key.indexOf("shell-poll.") >= 0; }

  /* A newer request of the same callback replaces an older one. */
  function keyOf(options) {
    try {
      var body = JSON.parse(options.body);
      return body.output + " " + body.changedPropIds;
    } catch (error) {
      return null;
    }
  }

  function sentenceOf(response) {
    return response.clone().json().then(
      function (answer) { return answer.error || ""; }, function () { return ""; });
  }

  function seconds(response) { return Number(response.headers.get("Retry-After")) || Infinity; }

  function ask(request) {
    var silence = new AbortController();
    var timer = setTimeout(function () { silence.abort(); }, 1000 * SILENT_SECONDS);
    var options = Object.assign({}, request.options, {signal: silence.signal});
    return send(request.address, options).finally(function () { clearTimeout(timer); }).then(
      judge.bind(null, request), lost.bind(null, request));
  }

  function askLater(request) {
    if (pause) { return pause.then(askLater.bind(null, request)); }
    return request.key && newest[request.key] !== request.turn ? nothing() : ask(request);
  }

  function again(request, delay) {
    var patience = delay > SHARED_SECONDS ? PATIENCE_IN_ROW_SECONDS : PATIENCE_SECONDS;
    var waited = performance.now() - request.began;
    if (waited > 1000 * patience && !follows(request)) { return nothing(); }
    return wait(delay).then(askLater.bind(null, request));
  }

  function lost(request) {
    var delay = LOST_SECONDS[Math.min(request.losses, LOST_SECONDS.length - 1)];
    request.losses += 1;
    say(LOST, "warning");
    return again(request, delay);
  }

  function judge(request, response) {
    if (response.status === 503 && seconds(response) <= MOST_SECONDS) {
      return sentenceOf(response).then(function (sentence) {
        say(sentence, "warning");
        return again(request, seconds(response));
      });
    }
    if ([429, 503, 507].indexOf(response.status) >= 0) {
      return sentenceOf(response).then(function (sentence) {
        say(sentence, "danger");
        return follows(request) ? again(request, SHARED_SECONDS) : nothing();
      });
    }
    /* These come from a proxy; our servers never send them. */
    if (response.status === 502 || response.status === 504) { return lost(request); }
    hushUnlessRead();
    /* Dash would wait forever for the rest of a truncated response. */
    return response.clone().arrayBuffer().then(
      function () { return response; }, lost.bind(null, request));
  }

  window.fetch = function (address, options) {
    if (!isOurs(address)) { return send(address, options); }
    var request = {
      address: address, options: options, began: performance.now(),
      key: keyOf(options || {}), losses: 0, turn: turns += 1
    };
    if (request.key) { newest[request.key] = request.turn; }
    return pause ? askLater(request) : ask(request);
  };

  /* Screen readers announce changes only in elements that already exist. */
  place();
})();
