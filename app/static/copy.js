// A button beside an address that puts it on the clipboard. Without it the address is marked and copied by hand.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.nextElementSibling.textContent = button.dataset.copied;
    } catch {
      button.nextElementSibling.textContent = button.dataset.failed; // It is marked; the keys still copy it.
    }
  });
}
