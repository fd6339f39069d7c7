/* Streams files to the server with progress and cancel; see dashapp/components/upload.py. */
(function () {
  "use strict";

  var MEGABYTE = 1024 * 1024;

  function megabytes(bytes) {
    return (bytes / MEGABYTE).toFixed(1) + " MB";
  }

  function fromAddress(name) {
    return new URLSearchParams(window.location.search).get(name) || "";
  }

  function fail(zone, sentence) {
    zone.querySelector(".upload-progress").hidden = true;
    zone.querySelector(".upload-error").textContent = sentence;
    zone.classList.remove("is-busy");
  }

  function answerSentence(request) {
    try {
      return JSON.parse(request.responseText).error;
    } catch (error) {
      return "The upload did not work (" + request.status + "). Please try again.";
    }
  }

  function showProgress(zone, request, file) {
    var panel = zone.querySelector(".upload-progress");
    var bar = document.createElement("progress");
    var words = document.createElement("span");
    var cancel = document.createElement("button");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", "Uploading " + file.name);
    cancel.type = "button";
    cancel.className = "btn btn-quiet";
    cancel.textContent = "Cancel";
    cancel.addEventListener("click", function () { request.abort(); });
    panel.replaceChildren(bar, words, cancel);
    panel.hidden = false;
    var started = performance.now();
    request.upload.addEventListener("progress", function (event) {
      var seconds = Math.max((performance.now() - started) / 1000, 0.001);
      bar.value = event.total ? event.loaded / event.total : 0;
      words.textContent = megabytes(event.loaded) + " of " + megabytes(event.total) +
        " · " + megabytes(event.loaded / seconds) + "/s";
    });
  }

  function succeed(zone, request) {
    var answer = JSON.parse(request.responseText);
    zone.querySelector(".upload-progress").hidden = true;
    zone.classList.remove("is-busy");
    if (answer.model) {
      window.dash_clientside.set_props("shell-refs", {
        data: {dataset: fromAddress("data") || null, model: answer.model}
      });
    } else {
      window.dash_clientside.set_props("shell-job", {data: {id: answer.job}});
    }
  }

  function send(zone, file) {
    var request = new XMLHttpRequest();
    zone.querySelector(".upload-error").textContent = "";
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
      } else {
        fail(zone, answerSentence(request));
      }
    });
    request.addEventListener("error", function () {
      fail(zone, "The connection was lost. Please try again.");
    });
    request.addEventListener("abort", function () { fail(zone, "The upload was cancelled."); });
    request.send(file);
  }

  function enhance(zone) {
    var label = document.createElement("label");
    var input = document.createElement("input");
    zone.dataset.ready = "true";
    input.type = "file";
    input.accept = zone.dataset.accept || "";
    input.className = "visually-hidden";
    label.className = "btn btn-primary";
    label.append("Choose a file", input);
    zone.querySelector(".upload-mount").append(label);
    input.addEventListener("change", function () {
      if (input.files.length) {
        send(zone, input.files[0]);
        input.value = "";
      }
    });
    zone.addEventListener("dragover", function (event) {
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", function () { zone.classList.remove("is-over"); });
    zone.addEventListener("drop", function (event) {
      event.preventDefault();
      zone.classList.remove("is-over");
      if (event.dataTransfer.files.length) {
        send(zone, event.dataTransfer.files[0]);
      }
    });
  }

  function enhanceAll() {
    document.querySelectorAll("[data-upload]:not([data-ready])").forEach(enhance);
  }

  new MutationObserver(enhanceAll).observe(document.documentElement, {childList: true, subtree: true});
  enhanceAll();
})();
