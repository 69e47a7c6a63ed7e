// Preselects the browser's own time zone where the page offers it; what a person chose is never touched.
const select = document.querySelector("select[data-browser-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (select && own) {
  if (![...select.options].some((option) => option.value === own)) {
    select.prepend(new Option(own.split("/").pop().replaceAll("_", " "), own));
  }
  select.value = own;
}
