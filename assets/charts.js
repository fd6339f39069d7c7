/* Downloads of charts, in the browser alone: PNG of the image, CSV of its data. */
(function () {
  "use strict";

  /* The text behind an escaped label. Trace values are user data and are used unchanged. */
  function plain(text) {
    /* Labels are wrapped after an ellipsis and between words. */
    return String(text || "").replace(/…<br>/g, "…").replace(/<br\s*\/?>/gi, " ")
      .replace(/<[^>]*>/g, "").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&#123;/g, "{").replace(/&amp;/g, "&");
  }

  function axisTitle(graph, reference, fallback) {
    var name = String(reference || fallback).replace(/^([xyz])(\d*)$/, "$1axis$2");
    var axis = graph.layout[name] || (graph.layout.scene || {})[name] || {};
    var title = plain((axis.title || {}).text), whole = (graph.layout.meta || {}).names || {};
    Object.keys(whole).forEach(function (short) {
      title = title.split(plain(short)).join(whole[short]);
    });
    return title || fallback;
  }

  function list(values) {
    return values && values.length !== undefined ? Array.prototype.slice.call(values) : [];
  }

  /* Legends show short names; figures store the full names and further CSV columns in meta. */
  function told(trace) { return trace.meta || {}; }

  function nameOf(trace) { return told(trace).name || plain(trace.name); }

  function grid(graph, trace) {
    var x = list(trace.x), y = list(trace.y), text = trace.customdata;
    var down = axisTitle(graph, "y", "row"), across = axisTitle(graph, "x", "column");
    var rows = [];
    list(trace.z).forEach(function (line, i) {
      list(line).forEach(function (value, j) {
        /* An empty cell has no text. */
        if (value === null || value !== value) { return; }
        rows.push([y[i], x[j], text && text[i] && typeof text[i][j] === "number" ? text[i][j] : value]);
      });
    });
    return {head: [down, across === down ? across + " 2" : across, measureOf(trace)], rows: rows};
  }

  function measureOf(trace) { return told(trace).measure || plain(trace.name) || "value"; }

  function slices(graph, trace) {
    var values = list(trace.values), names = told(trace).labels || list(trace.labels).map(plain);
    return {
      head: ["segment", plain(trace.name) || "value"],
      rows: names.map(function (name, i) { return [name, values[i]]; })
    };
  }

  var PARTS = {
    lowerfence: "lower whisker", q1: "lower quartile", median: "median", q3: "upper quartile",
    upperfence: "upper whisker", mean: "mean"
  };

  function boxes(graph, trace) {
    var flat = trace.orientation === "h";
    var measure = axisTitle(graph, flat ? trace.xaxis : trace.yaxis, "value");
    var groups = list(flat ? trace.y : trace.x);
    return {
      head: ["group"].concat(Object.keys(PARTS).map(function (part) {
        return PARTS[part] + " of " + measure;
      })),
      rows: list(trace.median).map(function (unused, i) {
        var group = groups[i] !== undefined ? groups[i] : nameOf(trace);
        return [group].concat(Object.keys(PARTS).map(function (part) { return list(trace[part])[i]; }));
      })
    };
  }

  function polar(graph, trace) {
    var radii = list(trace.r).slice(0, -1), traits = told(trace).traits || list(trace.theta).map(plain);
    return {
      head: ["column", measureOf(trace)],
      rows: radii.map(function (radius, i) { return [traits[i], radius]; })
    };
  }

  function points(graph, trace) {
    var keys = ["x", "y", "z"].filter(function (key) { return list(trace[key]).length; });
    var lists = keys.map(function (key) { return list(trace[key]); });
    return {
      head: keys.map(function (key) { return axisTitle(graph, trace[key + "axis"] || key, key); }),
      rows: lists[0].map(function (unused, i) {
        return lists.map(function (values) { return values[i]; });
      })
    };
  }

  var READERS = {heatmap: grid, contour: grid, pie: slices, box: boxes, scatterpolar: polar};

  function drawn(trace) {
    if (trace.visible !== true || told(trace).helper) { return false; }
    return READERS[trace.type] || list(trace.x).length > 0;
  }

  function partOf(graph, trace) {
    var part = (READERS[trace.type] || points)(graph, trace);
    var extra = told(trace).extra || {};
    var more = Object.keys(extra);
    return {
      head: ["series"].concat(part.head, more),
      rows: part.rows.map(function (row, i) {
        return [nameOf(trace)].concat(row, more.map(function (key) { return extra[key][i]; }));
      })
    };
  }

  function tableOf(graph) {
    var parts = graph._fullData.filter(drawn).map(partOf.bind(null, graph));
    var head = [];
    parts.forEach(function (part) {
      part.head.forEach(function (name) { if (head.indexOf(name) < 0) { head.push(name); } });
    });
    var line = window.portalCsv.line, lines = [line(head)];
    parts.forEach(function (part) {
      var places = head.map(function (name) { return part.head.indexOf(name); });
      part.rows.forEach(function (row) {
        lines.push(line(places.map(function (place) { return place < 0 ? null : row[place]; })));
      });
    });
    return lines.join("\r\n") + "\r\n";
  }

  /* Dash's polyfill rejects the native trim, which no longer strips U+180E, and installs a slow
     one; plotly trims the color of each point several times. */
  Object.defineProperty(String.prototype, "trim", {
    configurable: true, value: window.portalTrim, writable: true
  });

  /* The 3D map reads its text canvas often; without this hint, browsers log a warning. */
  var getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, options) {
    var hint = kind === "2d" ? Object.assign({willReadFrequently: true}, options) : options;
    return getContext.call(this, kind, hint);
  };

  /* Each new chart gets one or two resize calls right after it was drawn at the right size, and
     would be redrawn each time. Plotly ignores changes below two pixels; so do we. */
  var SAME_SIZE = 1;

  function fits(graph) {
    var drawn = graph && graph._fullLayout;
    if (!drawn || !graph.isConnected || graph._redrawTimer) { return false; }
    var room = window.getComputedStyle(graph);
    return Math.abs(parseFloat(room.width) - drawn.width) <= SAME_SIZE &&
      Math.abs(parseFloat(room.height) - drawn.height) <= SAME_SIZE;
  }

  /* Plotly places a legend before it knows the margins that a wrapped legend needs. */
  function settleLegend(plotly, graph) {
    var drawn = graph._fullLayout;
    return drawn && drawn.showlegend ? plotly.redraw(graph) : graph;
  }

  function resizeOnlyWhatChanged(plotly) {
    var resize = plotly.Plots.resize;
    plotly.Plots.resize = function (graph) {
      if (fits(graph)) { return Promise.resolve(graph); }
      return resize.call(plotly.Plots, graph).then(function () { return settleLegend(plotly, graph); });
    };
  }

  /* Narrow screens would cut off the 3D map's axes, so its camera moves back. */
  var NARROW = 420, FARTHER = 1.6;

  function fromFarther(drawn) {
    var scene = drawn.layout.scene, eye = scene.camera.eye;
    var back = {x: eye.x * FARTHER, y: eye.y * FARTHER, z: eye.z * FARTHER};
    var camera = Object.assign({}, scene.camera, {eye: back});
    var layout = Object.assign({}, drawn.layout, {scene: Object.assign({}, scene, {camera: camera})});
    return Object.assign({}, drawn, {layout: layout});
  }

  var NO_3D = "Your browser cannot draw in 3D here: its graphics are switched off. The 2D map " +
    "shows the same customers.";

  /* Plotly's own message links to another site. */
  function explain(graph) {
    var told = graph.querySelector(".no-webgl");
    if (!told) { return; }
    told.parentNode.onclick = null;
    told.parentNode.style.background = "none";
    told.removeAttribute("style");
    told.textContent = NO_3D;
  }

  function drawIn3D(plotly) {
    var react = plotly.react;
    plotly.react = function (graph, drawn) {
      var solid = drawn && drawn.layout && drawn.layout.scene;
      var narrow = solid && graph.clientWidth < NARROW;
      var ready = react.call(plotly, graph, narrow ? fromFarther(drawn) : drawn);
      return solid ? ready.finally(explain.bind(null, graph)) : ready;
    };
  }

  /* Browsers allow about ten WebGL contexts and free them only on garbage collection, so a purged
     3D map releases its own at once. */
  function giveBackContexts(plotly) {
    var purge = plotly.purge;
    plotly.purge = function (graph) {
      var room = typeof graph === "string" ? document.getElementById(graph) : graph;
      var canvases = [...room.querySelectorAll(".gl-container canvas")];
      var purged = purge.call(plotly, graph);
      canvases.forEach(giveBack);
      return purged;
    };
  }

  /* getContext returns null for a type other than the canvas's own. */
  function giveBack(canvas) {
    var context = canvas.getContext("webgl") || canvas.getContext("webgl2");
    var release = context && context.getExtension("WEBGL_lose_context");
    if (release) { release.loseContext(); }
  }

  /* Plotly loads with the first chart. */
  var plotly = window.Plotly;
  Object.defineProperty(window, "Plotly", {
    configurable: true,
    get: function () { return plotly; },
    set: function (loaded) {
      plotly = loaded;
      if (loaded && loaded.Plots) {
        resizeOnlyWhatChanged(loaded);
        drawIn3D(loaded);
        giveBackContexts(loaded);
      }
    }
  });

  /* A chart that is still being drawn when the user leaves is finished off screen, and a 3D map
     would keep its WebGL context, so charts removed from the page are purged once more. */
  var LATEST_DRAWING = 1500;

  function clear(graph) {
    if (!graph.isConnected && graph._fullLayout && window.Plotly) { window.Plotly.purge(graph); }
  }

  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      change.removedNodes.forEach(function (left) {
        if (!left.querySelectorAll) { return; }
        left.querySelectorAll(".js-plotly-plot").forEach(function (graph) {
          window.setTimeout(clear, LATEST_DRAWING, graph);
        });
      });
    });
  }).observe(document.documentElement, {childList: true, subtree: true});

  function titleOf(card) { return card.querySelector("h2").textContent; }

  function fileName(card) {
    var words = titleOf(card).toLowerCase().replace(/[^a-z0-9]+/g, "-");
    return words.replace(/^-+|-+$/g, "").slice(0, 60) || "chart";
  }

  function save(name, text) {
    var link = document.createElement("a");
    /* The byte order mark makes spreadsheets read the file as UTF-8. */
    link.href = URL.createObjectURL(new Blob(["\ufeff" + text], {type: "text/csv;charset=utf-8"}));
    link.download = name;
    link.click();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  /* Plotly interprets some HTML in every text, and titles contain users' column names. */
  function escaped(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  function picture(card, graph) {
    var background = getComputedStyle(card).backgroundColor;
    var layout = Object.assign({}, graph.layout, {
      paper_bgcolor: background,
      title: {text: escaped(titleOf(card)), x: 0.02, font: {size: 18}},
      margin: Object.assign({}, graph.layout.margin, {t: 96, l: 24, r: 24, b: 24})
    });
    var size = graph.getBoundingClientRect();
    window.Plotly.downloadImage({data: graph.data, layout: layout, config: {}}, {
      format: "png",
      scale: 2,
      width: Math.max(Math.round(size.width), 720),
      height: Math.round(size.height) + 80,
      filename: fileName(card)
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-chart-download]");
    if (!button) { return; }
    var card = button.closest("[data-chart]");
    var graph = card.querySelector(".js-plotly-plot");
    if (!graph || !graph._fullData) { return; }
    if (button.dataset.chartDownload === "png") {
      picture(card, graph);
    } else {
      save(fileName(card) + ".csv", tableOf(graph));
    }
  });
})();
