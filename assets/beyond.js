/* A number may be typed beyond what was seen: Dash's slider would show it and answer for the old
   one. The slider grows to the new end, so that the field and the answer say the same. */
(function () {
  "use strict";

  /* Before the slider hears of it and puts its own end back. */
  document.addEventListener("change", function (event) {
    var input = event.target;
    if (!input.matches(".predict-form .dash-slider-container input[type=number]")) { return; }
    var value = input.valueAsNumber, low = parseFloat(input.min), high = parseFloat(input.max);
    if (!isFinite(value) || (value >= low && value <= high)) { return; }
    var id = JSON.parse(input.closest(".dash-slider-container").id);
    window.dash_clientside.set_props(id, {
      min: Math.min(low, value), max: Math.max(high, value), value: value
    });
  }, true);
})();
