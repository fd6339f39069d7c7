/* Brings the grid's script, the largest after plotly, when the first grid is shown; until then a
   quiet box keeps its place. The address stands in the page's head, see dashapp/dash_patches/lazy_scripts.py; where
   the script is lost, the page is loaded anew, see assets/head/recover.js. */
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

  /* The rows that a grid comes with are its answer to its own first question. */
  function answering(first, setProps) {
    return function (changes) {
      var asked = changes.getRowsRequest, rows = asked && first.current;
      if (asked) { first.current = null; }
      if (!rows || !rows.rowCount) { return setProps(changes); }
      asked.successCallback(rows.rowData, rows.rowCount);
    };
  }

  /* The grid takes its styles out of the page with the last table and brings them again with the
     next one, which styles the whole page anew each time. An entry of ours keeps them there. */
  function keepStyles() {
    (window.agStyleInjectionVersions || []).forEach(function (injected) {
      var used = injected.grids.values().next().value;
      if (used) { injected.grids.set(keepStyles, used); }
    });
  }

  /* What people look for stays in sight while they scroll sideways, where there is room. */
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
    /* Before the table itself goes: the first one has brought its styles since it was put here. */
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

  /* Dash asks for this mark before it says why a component is drawn again. */
  Grid.dashRenderType = true;

  window.dash_ag_grid = {
    AgGrid: Grid,
    getApiAsync: function (id) {
      return bring().then(function (brought) { return brought.getApiAsync(id); });
    }
  };
})();
