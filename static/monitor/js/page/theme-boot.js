// Sets the chosen theme before the first paint; a classic script in the head, so that nothing flashes.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.replace("no-js", "js");
  try {
    var choice = JSON.parse(localStorage.getItem("loadmon.theme"));
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
  } catch (error) {
    // Storage is forbidden here: the system's theme it is.
  }
})();
