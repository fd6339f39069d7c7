/* Supports pages launched in another site's frame; elsewhere this does nothing. It runs before any
   other script. The page token, which proves the session where the browser blocks cookies, stays in
   a variable here and goes only to our own server. */
(function () {
  "use strict";

  var HEADER = "X-Portal-Session";

  /* In a sandbox without allow-same-origin the portal cannot work. */
  if (window.origin === "null") {
    window.stop();
    window.location.replace("/frame-help");
    return;
  }

  var tag = document.querySelector("meta[name=portal-view]");
  if (!tag) { return; }
  var view = JSON.parse(tag.content);
  var token = view.token;
  var ended = false;
  tag.remove();

  /* Removes the launch link from the URL, but keeps what a reload needs. */
  if (view.start) { window.history.replaceState(null, "", view.start); }
  var query = new URLSearchParams(window.location.search);
  window.portalView = {address: {framed: "1", theme: query.get("theme")}};
  document.documentElement.classList.add("is-framed");

  function isOwn(address) {
    return new URL(address, window.location.href).origin === window.location.origin;
  }

  function note(status, renewed) {
    if (renewed) { token = renewed; }
    if (status === 401) { end(); }
  }

  var plainFetch = window.fetch;
  window.fetch = function (resource, options) {
    var request = new Request(resource, options);
    if (!isOwn(request.url)) { return plainFetch(request); }
    request.headers.set(HEADER, token);
    return plainFetch(request).then(function (answer) {
      note(answer.status, answer.headers.get(HEADER));
      return answer;
    });
  };

  var plainOpen = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (method, address) {
    var result = plainOpen.apply(this, arguments);
    if (isOwn(address)) {
      this.setRequestHeader(HEADER, token);
      this.addEventListener("load", function () {
        note(this.status, this.getResponseHeader(HEADER));
      });
    }
    return result;
  };

  function tell(message) {
    if (window.parent !== window) { window.parent.postMessage(message, view.ancestor); }
  }

  /* Downloads use fetch, since a plain link would send the cookie or nothing. */
  function save(link) {
    link.setAttribute("aria-busy", "true");
    window.fetch(link.href).then(function (answer) {
      if (!answer.ok) {
        return answer.json().then(function (body) { complain(body.error); });
      }
      var named = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") || "");
      return answer.blob().then(function (blob) {
        var file = document.createElement("a");
        file.href = URL.createObjectURL(blob);
        file.download = named ? decodeURIComponent(named[1]) : "download";
        file.click();
        window.setTimeout(function () { URL.revokeObjectURL(file.href); }, 60000);
      });
    }).catch(function () {
      complain("The file did not arrive. Please try again.");
    }).finally(function () { link.removeAttribute("aria-busy"); });
  }

  function complain(sentence) {
    if (!ended) { window.dash_clientside.set_props("shell-alert", {children: sentence}); }
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href*='/download/']");
    if (link && isOwn(link.href)) {
      event.preventDefault();
      save(link);
    }
  }, true);

  /* Lets the host page size the frame to its content. */
  function watchHeight() {
    var told = 0;
    new ResizeObserver(function () {
      var height = Math.ceil(document.body.getBoundingClientRect().height);
      if (height !== told) {
        told = height;
        tell({type: "portal-height", height: height});
      }
    }).observe(document.body);
  }

  function end() {
    if (ended) { return; }
    ended = true;
    var panel = document.createElement("div");
    var title = document.createElement("h2");
    var words = document.createElement("p");
    var button = document.createElement("button");
    panel.className = "view-ended";
    panel.setAttribute("role", "alertdialog");
    panel.setAttribute("aria-labelledby", "view-ended-title");
    title.id = "view-ended-title";
    title.textContent = "This view has ended";
    words.textContent = "It was not used for a while. Reload to go on; if that does not help, " +
      "reload the page around it.";
    button.type = "button";
    button.className = "btn btn-primary";
    button.textContent = "Reload";
    button.addEventListener("click", function () {
      tell({type: "portal-reload"});
      window.location.reload();
    });
    panel.append(title, words, button);
    document.body.append(panel);
    button.focus();
    tell({type: "portal-ended"});
  }

  document.addEventListener("DOMContentLoaded", watchHeight);
})();
