/* Lets users type a number beyond a slider's range. Dash's slider would show it but send its old
   value, so this script extends the slider's range to the new number. */
(function () {
  "use strict";

  /* Runs before the slider sees the value and resets it to its maximum. */
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
