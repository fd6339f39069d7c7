/* What the server cannot do right now: said once, and tried again by itself.

   Dash would log each answer but 200 and 204 as an error of the page and forget the callback. */
(function () {
  "use strict";

  var send = window.fetch.bind(window);
  /* Longer waits are for a place in a row, which concerns one request and nothing else. */
  var SHARED_SECONDS = 3;
  var MOST_SECONDS = 60;
  /* After this time the page stops asking by itself; any click asks again. */
  var PATIENCE_SECONDS = 120;
  var PATIENCE_IN_ROW_SECONDS = 900;
  /* Before the first, second… attempt to reach a server that cannot be reached. */
  var LOST_SECONDS = [1, 2, 3];
  /* A connection that says nothing for so long has died unnoticed, as after a laptop's sleep. */
  var SILENT_SECONDS = 60;
  var READING_SECONDS = 10;
  var LOST = "The connection to the server is lost. Nothing is lost with it; trying again…";
  /* All wait together, so that a server that comes back is not asked by everybody each moment. */
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

  /* Goes once the server answers again; what people have to read stays for a while, and what one
     request waits for stays as long as it does, whatever others are answered. */
  function hushUnlessRead() {
    if (place().textContent && !reading && !inRow) { hush(); }
  }

  function nothing() { return new Response(null, {status: 204}); }

  /* A little chance keeps many browsers from coming back in one moment. */
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

  /* Only the answer makes the browser ask again how far a job is: it is awaited for ever. */
  function follows(request) { return request.key && request.key.indexOf("shell-poll.") >= 0; }

  /* A newer request of the same callback says all that an older one did. */
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
    /* A proxy's own page is no answer to a callback; our servers never send these. */
    if (response.status === 502 || response.status === 504) { return lost(request); }
    hushUnlessRead();
    /* Dash would wait for ever for the rest of an answer that breaks off. */
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

  /* Screen readers tell changes only of what was there before. */
  place();
})();
