/* Discards stale responses, so that they cannot change what is shown now.

   Dash drops an older response only in favor of a newer one of the same callback; callbacks that
   write to the same output apply in the order in which responses arrive. These are the rules. */
(function () {
  "use strict";

  var REFS = "shell-refs.data";
  /* Outputs that redraw a whole page. */
  var DRAWS = /^(shell-page|[a-z]+-content)\.children$/;
  /* Wraps the fetch of answers.js, where a request waits until the server can answer it. */
  var send = window.fetch;
  var drawn = 0;
  /* Output -> its newest request. */
  var newest = {};

  function nothing() { return new Response(null, {status: 204}); }

  function isEmpty(value) {
    if (Array.isArray(value)) { return value.every(isEmpty); }
    return value === null || value === undefined;
  }

  function values(inputs) {
    return inputs.map(function (input) {
      return Array.isArray(input) ? values(input) : input.value;
    });
  }

  /* One of several callbacks that write to the shell, such as a button that starts a job. Dash
     fires it whenever the button is rendered, clicked or not, and forgets the click in flight. */
  function isShared(output) {
    return output.split("...").every(function (part) {
      return /^(\.\.)?shell-[^@]+@/.test(part);
    });
  }

  function held() {
    var store = window.dash_component_api.getLayout("shell-refs");
    return JSON.stringify((store && store.props.data) || null);
  }

  function stateOf(body, id) {
    return (body.state || []).filter(function (state) { return state.id === id; })[0];
  }

  /* Whether a response would change the tab's references based on outdated ones. */
  function isOutrun(question) {
    var refs = stateOf(question.body, "shell-refs");
    return refs && question.output.indexOf(REFS) >= 0 &&
      JSON.stringify(refs.value || null) !== held();
  }

  function ask(question) {
    var options = Object.assign({}, question.options, {body: JSON.stringify(question.body)});
    return send(question.address, options).then(judge.bind(null, question));
  }

  function judge(question, response) {
    var output = question.output;
    if (newest[output] !== question) { return nothing(); }
    if (response.status !== 200) { return response; }
    if (isOutrun(question)) {
      /* Drop it: the URL triggers a new request once it has the new references. */
      if (output.indexOf(REFS + "@") < 0) { return nothing(); }
      stateOf(question.body, "shell-refs").value = JSON.parse(held());
      return ask(question);
    }
    /* The page was redrawn meanwhile and already shows the choices, see below. */
    if (output.indexOf("shell-") < 0 && question.drawn !== drawn) { return nothing(); }
    if (DRAWS.test(output)) {
      var search = stateOf(question.body, "shell-url");
      drawn += 1;
      if (search) { window.portalAddress.drawn(output.split("-content")[0], search.value); }
    }
    return response;
  }

  /* Applies a response in place of Dash. As a response to the render, Dash would take the next
     render for a circular update and skip it. */
  function carryOut(response) {
    response.json().then(function (answer) {
      Object.keys(answer.response).forEach(function (id) {
        var changes = {};
        Object.keys(answer.response[id]).forEach(function (name) {
          changes[name.split("@")[0]] = answer.response[id][name];
        });
        window.dash_clientside.set_props(id, changes);
      });
    });
  }

  function questionOf(address, options) {
    if (String(address).indexOf("/_dash-update-component") < 0) { return null; }
    var body = JSON.parse(options.body);
    return {address: address, options: options, body: body, output: body.output, drawn: drawn};
  }

  window.fetch = function (address, options) {
    var question = questionOf(address, options);
    if (!question) { return send(address, options); }
    var before = newest[question.output];
    if (isShared(question.output) && isEmpty(values(question.body.inputs))) {
      if (before) { before.isForgotten = true; }
      return Promise.resolve(nothing());
    }
    newest[question.output] = question;
    return ask(question).then(function (response) {
      if (newest[question.output] === question) { delete newest[question.output]; }
      if (question.isForgotten && response.status === 200) { carryOut(response.clone()); }
      return response;
    });
  };
})();
