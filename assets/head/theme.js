/* Sets the light or dark theme before the first paint. The choice is stored where the browser
   allows it; inside another site's frame it may last only as long as the page. */
(function () {
  "use strict";

  /* Dash's polyfill replaces it with a slow one; assets/charts.js restores this one. */
  window.portalTrim = String.prototype.trim;

  var KEY = "portal-theme";
  var NAMES = ["light", "dark"];
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  var chosen = asked() || remembered();

  /* A host page that frames the portal may choose the theme. */
  function asked() {
    var name = new URLSearchParams(window.location.search).get("theme");
    return NAMES.indexOf(name) >= 0 ? name : null;
  }

  function remembered() {
    try {
      var name = window.localStorage.getItem(KEY);
      return NAMES.indexOf(name) >= 0 ? name : null;
    } catch (error) {
      return null;
    }
  }

  function remember(name) {
    try {
      window.localStorage.setItem(KEY, name);
    } catch (error) {
      /* storage is blocked: the choice lasts as long as the page */
    }
  }

  function current() {
    return chosen || (system.matches ? "dark" : "light");
  }

  function show() {
    document.documentElement.setAttribute("data-bs-theme", current());
    return current();
  }

  window.portalTheme = {
    current: current,
    toggle: function () {
      chosen = current() === "dark" ? "light" : "dark";
      remember(chosen);
      return show();
    }
  };
  show();
})();
