/* Lines of CSV files created in the browser, escaped like those from the server: an apostrophe
   keeps a text from becoming a spreadsheet formula (segmentation/formulas.py). */
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
      /* Seven digits exceed the precision of a chart; the rest is 32-bit rounding noise. */
      return isFinite(value) ? String(Number(value.toPrecision(7))) : "";
    }
    return '"' + escaped(String(value)).replace(/"/g, '""') + '"';
  }

  window.portalCsv = {line: function (values) { return values.map(cell).join(","); }};
})();
