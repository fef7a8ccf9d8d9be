// What a page holds packed: gzip in base64. Of a large department all below its first lines.
const unpack = async (id) => new Response(
  new Blob([Uint8Array.from(atob(document.getElementById(id).textContent), (sign) => sign.charCodeAt(0))])
    .stream().pipeThrough(new DecompressionStream("gzip")));
if (document.getElementById("body") && globalThis.DecompressionStream) { // else the page says what it needs
  document.getElementById("waiting").outerHTML = await unpack("body").then((told) => told.text()); // the page's own
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}
