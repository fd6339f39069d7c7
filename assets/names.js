/* Gives Dash's sliders, number fields and dropdowns their visible label as accessible name, and
   takes their hidden helpers out of the tab order; screen readers need both. */
(function () {
  "use strict";

  var FIELDS = ".field, .filter";
  var LABELS = ".field-label, .filter-label";

  function set(element, name, value) {
    if (element.getAttribute(name) !== value) { element.setAttribute(name, value); }
  }

  function nameSliders(field, label) {
    var thumbs = field.querySelectorAll("[role=slider]");
    thumbs.forEach(function (thumb, place) {
      var end = thumbs.length > 1 ? (place ? " to" : " from") : "";
      set(thumb, "aria-label", label + end);
    });
  }

  function nameControls(field, label) {
    field.querySelectorAll("input:not([type=hidden]), select").forEach(function (control) {
      if (control.getAttribute("aria-hidden") !== "true" && !(control.labels || []).length) {
        set(control, "aria-label", label);
      }
    });
    field.querySelectorAll("button.dash-dropdown").forEach(function (button) {
      set(button, "aria-label", label + ": " + button.textContent.trim());
    });
  }

  function nameAll() {
    document.querySelectorAll(FIELDS).forEach(function (field) {
      var label = field.querySelector(LABELS);
      if (!label) { return; }
      nameSliders(field, label.textContent);
      nameControls(field, label.textContent);
    });
    document.querySelectorAll(".dash-dropdown-focus-target").forEach(function (helper) {
      set(helper, "tabindex", "-1");
    });
  }

  /* Runs before the browser paints, so that a screen reader never meets an unnamed control. Changes
     only attributes, which the observer does not watch. */
  window.portalChanges(nameAll);
  nameAll();
})();
