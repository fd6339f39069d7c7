/* Streams files to the server with progress and cancel; see dashapp/components/drop_zone.py. */
(function () {
  "use strict";

  var MEGABYTE = 1024 * 1024;
  /* Messages for responses from something between us and the server. */
  var SENTENCES = {
    0: "The connection was lost before the file had arrived. Try again.",
    401: "Your session has ended. Open the page again.",
    403: "This view does not include uploads.",
    411: "The upload did not say its length. Try again, or use another browser.",
    413: "The file is larger than the server accepts.",
    415: "This is no table. Choose a CSV, XLSX or Parquet file.",
    429: "Too many uploads in a short time. Wait a moment, then try again.",
    503: "The server is busy right now. Wait a moment, then try again.",
    507: "The server has no room left for this file. Delete data that you no longer need."
  };
  /* After these statuses, the same file may be accepted a moment later. */
  var PASSING = [0, 429, 502, 503, 504, 507];
  /* If the server gives a delay, the upload is retried automatically within these limits. */
  var MOST_SECONDS = 60;
  var PATIENCE_SECONDS = 900;

  var CALLED_OFF = "Cancelled. Nothing of the file was kept.";

  function megabytes(bytes) { return (bytes / MEGABYTE).toFixed(1) + " MB"; }

  function fromAddress(name) {
    return new URLSearchParams(window.location.search).get(name) || "";
  }

  function part(zone, name) { return zone.querySelector(".upload-" + name); }

  function button(words, kind, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-small " + kind;
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  /* Says why a file was rejected, with a retry button if that may help. */
  function refuse(zone, sentence, again) {
    var words = document.createElement("span");
    words.textContent = sentence;
    part(zone, "error").replaceChildren(words);
    if (again) { part(zone, "error").append(button("Try again", "btn-secondary", again)); }
    rest(zone);
  }

  /* Resets the drop zone, and moves focus to a usable element. */
  function rest(zone) {
    var had = part(zone, "progress").contains(document.activeElement);
    part(zone, "progress").hidden = true;
    zone.classList.remove("is-busy");
    if (had) { zone.querySelector("input[type=file]").focus(); }
  }

  function answerSentence(request) {
    var told = null;
    try { told = JSON.parse(request.responseText).error; } catch (error) { told = null; }
    return told || SENTENCES[request.status] ||
      "The upload did not work (" + request.status + "). Try again.";
  }

  function left(seconds) {
    if (!isFinite(seconds) || seconds < 3) { return ""; }
    return seconds < 90 ? " · " + Math.round(seconds) + " s left"
      : " · " + Math.round(seconds / 60) + " min left";
  }

  function showProgress(zone, request, file) {
    var bar = document.createElement("progress");
    var words = document.createElement("span");
    var started = performance.now();
    var had = document.activeElement === zone.querySelector("input[type=file]") ||
      part(zone, "progress").contains(document.activeElement);
    var cancel = button("Cancel", "btn-quiet", function () { request.abort(); });
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", "Uploading " + file.name);
    words.textContent = "0.0 MB of " + megabytes(file.size);
    part(zone, "progress").replaceChildren(bar, words, cancel);
    part(zone, "progress").hidden = false;
    if (had) { cancel.focus(); }
    request.upload.addEventListener("progress", function (event) {
      var seconds = Math.max((performance.now() - started) / 1000, 0.001);
      var speed = event.loaded / seconds;
      bar.value = event.total ? event.loaded / event.total : 0;
      words.textContent = megabytes(event.loaded) + " of " + megabytes(event.total) +
        " · " + megabytes(speed) + "/s" + left((event.total - event.loaded) / speed);
    });
    request.upload.addEventListener("load", function () {
      words.textContent = megabytes(file.size) + " sent · waiting for the server";
    });
  }

  function succeed(zone, request) {
    var answer = JSON.parse(request.responseText);
    var fold = zone.closest("details.details-popover");
    rest(zone);
    if (fold) { fold.open = false; }
    window.dash_clientside.set_props("shell-job", {data: {id: answer.job}});
  }

  /* Seconds until an automatic retry; 0 if the user has to decide. */
  function delay(request, began) {
    var seconds = request.status === 503 ? Number(request.getResponseHeader("Retry-After")) : 0;
    var patient = performance.now() - began < 1000 * PATIENCE_SECONDS;
    return patient && seconds <= MOST_SECONDS ? seconds || 0 : 0;
  }

  function waitInRow(zone, sentence, seconds, again) {
    var words = document.createElement("span");
    var timer = setTimeout(again, 1000 * seconds * (1 + Math.random() / 4));
    var had = part(zone, "progress").contains(document.activeElement);
    var cancel = button("Cancel", "btn-quiet", function () {
      clearTimeout(timer);
      refuse(zone, CALLED_OFF);
    });
    words.textContent = sentence;
    part(zone, "progress").replaceChildren(words, cancel);
    if (had) { cancel.focus(); }
  }

  function send(zone, file, since) {
    var request = new XMLHttpRequest();
    var began = since || performance.now();
    var again = function () { send(zone, file); };
    part(zone, "error").replaceChildren();
    zone.classList.add("is-busy");
    request.open("POST", "/upload");
    request.setRequestHeader("X-Portal-Upload", "1");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.setRequestHeader("X-Purpose", zone.dataset.upload);
    request.setRequestHeader("X-Model", fromAddress("model"));
    request.setRequestHeader("X-Data", fromAddress("data"));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    showProgress(zone, request, file);
    request.addEventListener("load", function () {
      if (request.status >= 200 && request.status < 300) {
        succeed(zone, request);
      } else if (delay(request, began)) {
        waitInRow(zone, answerSentence(request), delay(request, began), function () {
          send(zone, file, began);
        });
      } else {
        refuse(zone, answerSentence(request), PASSING.indexOf(request.status) >= 0 ? again : null);
      }
    });
    request.addEventListener("error", function () { refuse(zone, SENTENCES[0], again); });
    request.addEventListener("abort", function () {
      refuse(zone, CALLED_OFF);
    });
    request.send(file);
  }

  /* Checks what can be checked in the browser before the upload. */
  function fault(zone, files, folder) {
    var limit = Number(zone.dataset.limit) || 0;
    if (zone.classList.contains("is-busy")) {
      return "One file is on its way. Wait for it, or cancel it first.";
    }
    if (files.length > 1) {
      return "Choose one file at a time; these are " + files.length + ".";
    }
    if (folder) { return "This is a folder. Choose the file in it."; }
    if (!files.length) { return "That was no file. Choose one from your computer."; }
    if (!files[0].size) {
      return "“" + files[0].name + "” is empty: it has 0 bytes. Export it again.";
    }
    if (limit && files[0].size > limit * MEGABYTE) {
      return "“" + files[0].name + "” has " + megabytes(files[0].size) + "; at most " + limit +
        " MB can be uploaded. Leave out columns that are not needed, or pack it with gzip.";
    }
    return "";
  }

  /* A file chosen before the page was ready waits for it. */
  function take(zone, files, folder) {
    if (zone.closest(".opening")) {
      window.portalOpened.then(function () {
        take(document.querySelector("[data-upload=" + zone.dataset.upload + "]"), files, folder);
      });
      return;
    }
    var sentence = fault(zone, files, folder);
    if (!sentence) {
      send(zone, files[0]);
    } else if (zone.classList.contains("is-busy")) {
      part(zone, "error").textContent = sentence;
    } else {
      refuse(zone, sentence);
    }
  }

  function hasFolder(items) {
    return Array.prototype.some.call(items || [], function (item) {
      var entry = item.webkitGetAsEntry && item.webkitGetAsEntry();
      return entry && entry.isDirectory;
    });
  }

  function enhance(zone) {
    var label = document.createElement("label");
    var input = document.createElement("input");
    var small = zone.classList.contains("dropzone-small");
    zone.dataset.ready = "true";
    input.type = "file";
    input.accept = zone.dataset.accept || "";
    input.className = "visually-hidden";
    label.className = small ? "btn btn-secondary" : "btn btn-primary";
    label.append("Choose a file", input);
    part(zone, "mount").append(label);
    input.addEventListener("change", function () {
      if (input.files.length) { take(zone, Array.from(input.files), false); }
      input.value = "";
    });
    zone.addEventListener("dragover", function (event) {
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", function (event) {
      if (!zone.contains(event.relatedTarget)) { zone.classList.remove("is-over"); }
    });
    zone.addEventListener("drop", function (event) {
      event.preventDefault();
      zone.classList.remove("is-over");
      take(zone, Array.from(event.dataTransfer.files), hasFolder(event.dataTransfer.items));
    });
  }

  function enhanceAll() {
    document.querySelectorAll("[data-upload]:not([data-ready])").forEach(enhance);
  }

  /* Without this, a file dropped outside the zone would replace the page. */
  ["dragover", "drop"].forEach(function (name) {
    document.addEventListener(name, function (event) { event.preventDefault(); });
  });
  new MutationObserver(enhanceAll).observe(document.documentElement, {childList: true, subtree: true});
  enhanceAll();
})();
