/* Clientside callbacks of the shell, for small things that need no server. */
(function () {
  "use strict";

  var none = function () { return window.dash_clientside.no_update; };

  /* Toggles the panel that a button controls on small screens, such as the filters. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-fold]");
    if (!button) { return; }
    var open = button.closest("." + button.dataset.fold).classList.toggle("is-open");
    button.setAttribute("aria-expanded", open ? "true" : "false");
    button.textContent = open ? "Hide" : "Show";
  });

  /* The active filters: some levels, or less than the full range of a number. */
  function narrowing(values, low, high) {
    var found = {}, ids = window.dash_clientside.callback_context.inputs_list[0];
    ids.forEach(function (input, i) {
      var value = values[i] || [];
      var whole = low[i] !== undefined && value[0] <= low[i] && value[1] >= high[i];
      if (value.length && !whole) { found[input.id.column] = value; }
    });
    return found;
  }

  /* The selected range of each number, formatted like the full range from the server. */
  function toldRanges(values, ranges, units) {
    var chosen = {}, ids = window.dash_clientside.callback_context.inputs_list[0];
    ids.forEach(function (input, i) { chosen[input.id.column] = values[i]; });
    return ranges.map(function (id, i) {
      return chosen[id.column].map(function (end) {
        return (end < 0 ? "−" : "") + units[i] + readable(Math.abs(end));
      }).join(" – ");
    });
  }

  /* A link to a view below the cards also scrolls there once the view is drawn. */
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a.to-view");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    var wanted = new URLSearchParams(link.search).get("tab");
    var watch = new MutationObserver(function () {
      var tab = document.querySelector("main .tab-selected");
      var body = document.querySelector("main .tab-body");
      if (!tab || tab.dataset.tab !== wanted) { return; }
      tab.scrollIntoView({behavior: "instant"});
      if (body && body.childElementCount) { watch.disconnect(); }
    });
    watch.observe(document.querySelector("main"), {
      attributes: true, attributeFilter: ["class"], childList: true, subtree: true
    });
  });

  /* The clicked point of a chart. */
  function clicked(click) {
    var point = click && click.points && click.points[0];
    return point ? [point.x, point.y] : none();
  }

  /* Edited segment names: those that differ from the drawn ones. */
  function renamed(names, drawn) {
    var found = {}, ids = window.dash_clientside.callback_context.inputs_list[0];
    ids.forEach(function (input, i) {
      if (names[i] !== drawn[i]) { found[input.id.segment] = names[i]; }
    });
    return Object.keys(found).length ? found : none();
  }

  /* The number next to a slider's handle, with decimals that suit its size. */
  function readable(value) {
    var size = Math.abs(value), decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
    return value.toLocaleString("en-US", {maximumFractionDigits: decimals});
  }

  window.dccFunctions = Object.assign({}, window.dccFunctions, {readable: readable});

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    portal: {
      renamed: renamed,
      refresh_grid: function (text, segment, which, grid) {
        window.dash_ag_grid.getApiAsync(grid).then(function (api) { api.purgeInfiniteCache(); });
        return none();
      },
      narrowing: narrowing,
      told_ranges: toldRanges,
      clicked: clicked,
      /* A link in the page, so that frames can fetch it (head/frame.js). */
      download: function (address) {
        if (!address) { return none(); }
        var link = document.createElement("a");
        link.href = address;
        document.body.appendChild(link);
        link.click();
        link.remove();
        return none();
      },
      /* Longer than a gap between keystrokes, too short to notice; Dash keeps only the last
         call. */
      paused: function (text) {
        return new Promise(function (resolve) { setTimeout(resolve, 300, text); });
      },
      while_open: function (open) { return open ? performance.now() : none(); },
      toggle: function (clicks, open) { return !open; },
      theme: function (clicks) {
        var api = window.portalTheme;
        return clicks ? api.toggle() : api.current();
      }
    }
  });
})();
