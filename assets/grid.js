/* Loads the grid's script, the largest after plotly, with the first grid; a placeholder reserves
   the space. Its URL is in the page's head, see dashapp/dash_patches/lazy_scripts.py; if the script
   fails to load, the page reloads, see assets/head/recover.js. */
(function () {
  "use strict";

  var suite = null;
  var arriving = null;

  function bring() {
    arriving = arriving || new Promise(function (done) {
      var script = document.createElement("script");
      script.src = document.querySelector("meta[name=portal-grid]").content;
      script.onload = function () {
        suite = window.dash_ag_grid;
        window.dash_ag_grid = Object.assign({}, suite, {AgGrid: Grid});
        done(suite);
      };
      document.head.append(script);
    });
    return arriving;
  }

  /* Answers the grid's first request with the rows that came with it. */
  function answering(first, setProps) {
    return function (changes) {
      var asked = changes.getRowsRequest, rows = asked && first.current;
      if (asked) { first.current = null; }
      if (!rows || !rows.rowCount) { return setProps(changes); }
      asked.successCallback(rows.rowData, rows.rowCount);
    };
  }

  /* The grid removes its styles with the last table and adds them again with the next, which
     restyles the whole page each time. This entry keeps them in place. */
  function keepStyles() {
    (window.agStyleInjectionVersions || []).forEach(function (injected) {
      var used = injected.grids.values().next().value;
      if (used) { injected.grids.set(keepStyles, used); }
    });
  }

  /* Keeps pinned columns in view during horizontal scrolling if there is room. */
  var wide = window.matchMedia("(min-width: 900px)");

  function fitting(columns, room) {
    if (room) { return columns; }
    return columns.map(function (column) { return Object.assign({}, column, {pinned: null}); });
  }

  function Grid(props) {
    var React = window.React;
    var draw = React.useState(false)[1];
    var first = React.useRef(props.getRowsResponse);
    var width = React.useState(wide.matches), room = width[0], see = width[1];
    var own = {
      columnDefs: React.useMemo(fitting.bind(null, props.columnDefs, room), [props.columnDefs, room]),
      setProps: React.useMemo(answering.bind(null, first, props.setProps), [props.setProps])
    };
    React.useEffect(function () {
      var here = true;
      if (!suite) { bring().then(function () { if (here) { draw(true); } }); }
      return function () { here = false; };
    }, []);
    /* Runs before a table is removed; by then the first table has added its styles. */
    React.useLayoutEffect(function () { return keepStyles; }, []);
    React.useEffect(function () {
      function turn() { see(wide.matches); }
      wide.addEventListener("change", turn);
      return function () { wide.removeEventListener("change", turn); };
    }, []);
    if (suite) { return React.createElement(suite.AgGrid, Object.assign({}, props, own)); }
    return React.createElement(
      "div", {id: props.id, className: "grid-awaited", style: props.style}
    );
  }

  /* Dash checks this flag before it tells a component why it is rendered again. */
  Grid.dashRenderType = true;

  window.dash_ag_grid = {
    AgGrid: Grid,
    getApiAsync: function (id) {
      return bring().then(function (brought) { return brought.getApiAsync(id); });
    }
  };
})();
