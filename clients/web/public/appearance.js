// Runs before the first paint, so that the page never flashes in the other appearance.
// The choice is 'light', 'dark' or absent (the device decides); src/lib/appearance.ts writes it.
(function () {
  var device = window.matchMedia('(prefers-color-scheme: dark)');
  function apply() {
    var choice = null;
    try {
      choice = window.localStorage.getItem('margelle.appearance');
    } catch (error) {
      choice = null;
    }
    var dark = choice === 'dark' || (choice !== 'light' && device.matches);
    document.documentElement.dataset.appearance = dark ? 'dark' : 'light';
  }
  apply();
  device.addEventListener('change', apply);
  window.addEventListener('margelle:appearance', apply);
})();
