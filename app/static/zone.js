// Preselects the browser's own time zone where the page offers it; what a person chose is never touched.
const select = document.querySelector("select[data-browser-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

// A browser that hides where it is says UTC; then the event's zone is the better guess.
if (select && own && own !== "UTC") {
  const options = [...select.options];
  const known = options.find((option) => option.value === own) ?? options.find((option) => sameZone(option.value));
  if (!known) select.prepend(new Option(own.split("/").pop().replaceAll("_", " "), own));
  select.value = known?.value ?? own;
}

// Browsers know some zones by their former names only: Europe/Kiev for Europe/Kyiv.
function sameZone(name) {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone === own;
  } catch {
    return false;
  }
}
