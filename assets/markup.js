/* Renders dashapp/dash_patches/markup.py: a tree of plain elements with Dash components in between.
   Texts stay texts; only the server writes the tree, and URLs pass Dash's own check. */
(function () {
  "use strict";

  function draw(node, components) {
    if (typeof node === "number") { return components[node]; }
    if (!Array.isArray(node)) { return node; }
    var attributes = node[1];
    if (attributes.href) {
      attributes = Object.assign({}, attributes, {
        href: window.dash_clientside.clean_url(attributes.href)
      });
    }
    var content = node.slice(2).map(function (inner) { return draw(inner, components); });
    return window.React.createElement.apply(null, [node[0], attributes].concat(content));
  }

  function Markup(props) {
    var React = window.React, components = [].concat(props.children || []);
    var parts = props.tree.map(function (node) { return draw(node, components); });
    return React.createElement.apply(null, [React.Fragment, null].concat(parts));
  }

  window.dashapp = {Markup: Markup};
})();
