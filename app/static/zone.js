// Preselects the browser's own time zone where the page offers it; what a person chose is never touched.
const select = document.querySelector("select[data-browser-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

// A browser that hides where it is says UTC; then the event's zone is the better guess.
if (select && own && own !== "UTC") {
  if (![...select.options].some((option) => option.value === own)) {
    select.prepend(new Option(own.split("/").pop().replaceAll("_", " "), own));
  }
  select.value = own;
}
