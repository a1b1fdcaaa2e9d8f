// Builds the trees that Python sends: [tag, attributes, child …] or a text. Nothing is parsed as HTML.
const TAGS = new Set(
  `b bdi br button caption code dd details div dl dt em figcaption figure h2 h3 li ol p pre section small span strong
   summary sup table tbody td th thead tr ul`.split(/\s+/)
)
const ATTRIBUTES = new Set(
  "class colspan disabled dir hidden id open role scope style tabindex title type".split(" ")
)

function build(node) {
  if (typeof node === "string") return document.createTextNode(node)
  const [tag, attributes, ...children] = node
  if (!TAGS.has(tag)) throw new Error(`${tag} is no element of a page`)
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.has(name) || name.startsWith("aria-") || name.startsWith("data-")) element.setAttribute(name, value)
  }
  element.append(...children.map(build))
  return element
}

function pathOf(element, root) {
  const path = []
  for (let at = element; at && at !== root; at = at.parentNode) path.unshift([...at.parentNode.children].indexOf(at))
  return path
}

function at(path, root) {
  return path.reduce((element, index) => element && element.children[index], root)
}

// A dialog that closes leaves the focus nowhere: give it back to what opened the dialog. Streamlit can't, for it does not
// look into a sheet.
function returnFocus(find) {
  const watch = new MutationObserver(() => {
    const dialog = document.querySelector("[role=dialog]")
    if (dialog) watch.seen = true
    else if (watch.seen) {
      watch.disconnect()
      setTimeout(() => document.activeElement === document.body && find()?.focus?.({ preventScroll: true }), 0)
    }
  })
  watch.observe(document.body, { childList: true, subtree: true })
  return watch
}

export default function ({ data, parentElement, setStateValue }) {
  // Dialogs lie outside the element that knows whether the page is light or dark; `light-dark()` must hold there too.
  const app = document.querySelector(".stApp")
  if (app) document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme
  const root = parentElement.querySelector(".sheet")
  if (!root) return
  root.onclick = (event) => {
    const hit = event.target.closest("[data-go]")
    if (!hit || !root.contains(hit)) return
    const path = pathOf(hit, root)
    document.revenueFocus?.disconnect()
    if (!root.closest("[role=dialog]")) document.revenueFocus = returnFocus(() => at(path, root))
    // With the time, a second click on the same thing is another one.
    setStateValue("click", `${performance.now()} ${hit.dataset.go}`)
  }
  // The same data again must not close an open table or take the focus away.
  const text = JSON.stringify(data)
  if (root.drawn === text) return
  const opened = [...root.querySelectorAll("details[open]")].map((element) => pathOf(element, root))
  const active = parentElement.activeElement
  const focused = active && root.contains(active) ? pathOf(active, root) : null
  root.replaceChildren(...data.map(build))
  root.drawn = text
  for (const path of opened) {
    const element = at(path, root)
    if (element && element.tagName === "DETAILS") element.open = true
  }
  for (const plot of root.querySelectorAll(".plot")) {
    // Begin with the newest months. The labels of the last one reach beyond the plot, so its own width tells.
    const months = plot.parentNode
    months.scrollLeft = plot.offsetLeft + plot.offsetWidth - months.clientWidth
  }
  if (focused) at(focused, root)?.focus?.({ preventScroll: true })
}
