/* Lines of CSV files that are made in the browser, by the rule of those from the server: where a
   spreadsheet could begin a formula, an apostrophe keeps it text (segmentation/formulas.py). */
(function () {
  "use strict";

  var formula = null;

  function escaped(text) {
    formula = formula || new RegExp(
      document.querySelector("meta[name=portal-formulas]").content, "g");
    return text.replace(formula, "'");
  }

  function cell(value) {
    if (value === null || value === undefined) { return ""; }
    if (typeof value === "number") {
      /* Seven digits are more than a chart shows; the rest is noise of 32-bit numbers. */
      return isFinite(value) ? String(Number(value.toPrecision(7))) : "";
    }
    return '"' + escaped(String(value)).replace(/"/g, '""') + '"';
  }

  window.portalCsv = {line: function (values) { return values.map(cell).join(","); }};
})();
