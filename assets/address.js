/* Keeps the state of a tab in its URL, so that reload, back, forward and copied links restore it.

   The URL names the data set, the model, an unreadable file, the tab's current job, and then the
   choices of the page; dashapp/page/address.py parses them. A new tab or number of segments adds a
   history entry; other choices replace the current one. Only this script writes the URL, and it
   tells Dash of each change. */
(function () {
  "use strict";

  /* Servers truncate longer URLs; choices that do not fit are left out. */
  var LONGEST = 3500;
  var LOCATION = "shell-url";
  /* Parameters shared by all pages. */
  var REFS = ["data", "model", "upload"];
  /* In another site's frame, the URL has further parameters, which a reload needs. */
  var FRAME = (window.portalView && window.portalView.address) || {};
  var SHARED = REFS.concat("job", Object.keys(FRAME));
  /* Page -> its choices when the user left it. */
  var left = {};
  var path = window.location.pathname;
  var search = window.location.search;
  var went = 0;

  function query() { return new URLSearchParams(window.location.search); }

  function shared(from) {
    var found = new URLSearchParams();
    SHARED.forEach(function (name) {
      if (from.get(name)) { found.set(name, from.get(name)); }
    });
    return found;
  }

  function choices(from) {
    var found = new URLSearchParams(from);
    SHARED.forEach(function (name) { found.delete(name); });
    return found;
  }

  function note() {
    path = window.location.pathname;
    search = window.location.search;
    left[path] = choices(query());
  }

  function write(wanted, step) {
    Object.keys(FRAME).forEach(function (name) { setAll(wanted, name, texts(FRAME[name])); });
    var text = wanted.toString();
    var before = window.location.pathname + window.location.search;
    var address = window.location.pathname + (text ? "?" + text : "");
    if (address === before) { return; }
    var change = step ? "pushState" : "replaceState";
    window.history[change](step ? {} : window.history.state, "", address + window.location.hash);
    note();
    /* Dash reads the URL by itself only on navigation. Pass the full URL: with a new search, it
       would take an outdated href for a navigation back to it. */
    window.dash_clientside.set_props(LOCATION, {
      search: window.location.search, href: window.location.href
    });
  }

  function setAll(wanted, name, values) {
    if (JSON.stringify(wanted.getAll(name)) === JSON.stringify(values)) { return; }
    wanted.delete(name);
    values.forEach(function (value) { wanted.append(name, value); });
    if (wanted.toString().length > LONGEST) { wanted.delete(name); }
  }

  /* Sets parameters; null deletes one. With `step`, adds a history entry. */
  function change(changes, step) {
    var wanted = query();
    Object.keys(changes).forEach(function (name) { setAll(wanted, name, texts(changes[name])); });
    write(wanted, step);
  }

  function texts(value) {
    var list = Array.isArray(value) ? value : [value];
    return list.filter(function (item) {
      return item !== null && item !== undefined && item !== "";
    }).map(function (item) {
      return typeof item === "number" ? String(Number(item.toPrecision(12))) : String(item);
    });
  }

  /* The page of a widget, and the widget's parameter. */
  function named(id) {
    var text = typeof id === "string" ? id : id.type;
    var cut = text.indexOf("-");
    var rest = typeof id === "string" ? "" : "." + Object.keys(id).filter(function (key) {
      return key !== "type";
    }).map(function (key) { return id[key]; }).join(".");
    return {page: text.slice(0, cut), name: text.slice(cut + 1) + rest};
  }

  function here() { return window.location.pathname.slice(1) || "data"; }

  /* One value per column; columns that are missing in the value are removed. */
  function keepEach(wanted, name, value) {
    Array.from(wanted.keys()).forEach(function (key) {
      if (key.indexOf(name + ".") === 0) { wanted.delete(key); }
    });
    Object.keys(value).forEach(function (key) {
      setAll(wanted, name + "." + key, texts(value[key]));
    });
  }

  /* The id as Dash serializes it: with sorted keys. */
  function textOf(id) {
    return typeof id === "string" ? id : JSON.stringify(id, Object.keys(id).sort());
  }

  /* Of a pattern, only the widget that the user has just changed. */
  function used() {
    var context = window.dash_clientside.callback_context, inputs = context.inputs_list[0];
    var names = context.triggered.map(function (entry) { return entry.prop_id; });
    return (Array.isArray(inputs) ? inputs : [inputs]).filter(function (input) {
      return names.indexOf(textOf(input.id) + "." + input.property) >= 0;
    });
  }

  function keep() {
    var wanted = query();
    used().forEach(function (input) {
      var widget = named(input.id), value = input.value;
      /* Ignores values from a page that the user is leaving. */
      if (widget.page !== here() || value === undefined) { return; }
      if (value !== null && typeof value === "object" && !Array.isArray(value)) {
        keepEach(wanted, widget.name, value);
      } else {
        setAll(wanted, widget.name, texts(value));
      }
    });
    write(wanted, false);
  }

  /* On navigation to another page, restores its choices before Dash reads the URL. */
  function arrive() {
    if (window.location.pathname === path) { return goBack(); }
    var wanted = shared(new URLSearchParams(search));
    var own = query();
    var from = Array.from(own.keys()).length ? own : left[window.location.pathname] || own;
    choices(from).forEach(function (value, name) { wanted.append(name, value); });
    var text = wanted.toString();
    window.history.replaceState(
      window.history.state, "", window.location.pathname + (text ? "?" + text : "")
    );
    note();
  }

  /* For back, forward and links within a page, redraws the page from the URL. */
  function goBack() {
    var samePage = window.location.pathname === path;
    var before = search;
    note();
    if (!samePage || before === search) { return; }
    var sameRefs = REFS.every(function (name) {
      return new URLSearchParams(before).get(name) === query().get(name);
    });
    /* A different model redraws the page anyway, once the server has confirmed it. */
    if (!sameRefs) { return; }
    drawAnew();
  }

  function drawAnew() {
    went += 1;
    window.setTimeout(function () {
      window.dash_clientside.set_props("shell-went", {data: went});
    }, 0);
  }

  function textOfChoices(from) {
    var own = choices(from);
    own.sort();
    return own.toString();
  }

  /* If choices changed since the URL from which a page was drawn, draws it again. */
  function drawn(page, from) {
    if (page === here() && textOfChoices(new URLSearchParams(from || "")) !== textOfChoices(query())) {
      drawAnew();
    }
  }

  window.addEventListener("_dashprivate_pushstate", arrive, true);
  window.addEventListener("popstate", goBack, true);

  function isStep(done, now, refs) {
    var made = (done && done.result) || {};
    return here() === "segments" && made.model === refs.model && now.get("data") === refs.dataset &&
      Boolean(now.get("model")) && now.get("model") !== refs.model;
  }

  window.portalAddress = {change: change, drawn: drawn};

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    address: {
      keep: keep,
      /* The data set and model in the URL; the shell ignores the rest. */
      asked: function (unused, before) {
        var now = shared(query());
        var same = before && REFS.every(function (name) {
          return new URLSearchParams(before).get(name) === now.get(name);
        });
        return same ? window.dash_clientside.no_update : "?" + now.toString();
      },
      follow: function (refs, unused, done, titles) {
        document.title = (titles && titles[window.location.pathname]) || "Customer segments";
        if (!refs) { return; }
        var now = query(), step = isStep(done, now, refs);
        /* The list of data sets may be long; a newly opened data set starts at the top. */
        if (done && done.kind === "survey" && now.get("data") !== refs.dataset) {
          window.scrollTo(0, 0);
        }
        if (now.get("data") && now.get("data") !== refs.dataset) {
          /* Other data have other columns, so old choices would be meaningless there. */
          left = {};
          var tab = now.get("tab");
          now = shared(now);
          if (tab) { now.set("tab", tab); }
        }
        setAll(now, "data", texts(refs.dataset));
        setAll(now, "model", texts(refs.model));
        setAll(now, "upload", texts(refs.upload));
        write(now, step);
      },
      follow_job: function (job, pace) {
        if (!job) { return; }
        change({job: pace ? job.id : null}, false);
      }
    }
  });
})();
