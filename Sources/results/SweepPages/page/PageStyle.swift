/// The look of a sweep's page.
enum PageStyle {
  static let css = """
    :root { color-scheme: light dark; --ground: #fff; --text: #1b1b1b; --faint: #626262; \
    --line: #d9d9d9; --hatch: #ececec; }
    @media (prefers-color-scheme: dark) { :root { --ground: #111; --text: #ececec; \
    --faint: #a3a3a3; --line: #333; --hatch: #242424; } }
    body { margin: 24px; background: var(--ground); color: var(--text); \
    font: 15px/1.45 system-ui, "DejaVu Sans", sans-serif; }
    h1 { font-size: 1.5rem; margin: 0 0 .4rem; } h1 small, .facts, figcaption { color: var(--faint); \
    font-weight: normal; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: 0; }
    dt { color: var(--faint); } dd { margin: 0; } nav { display: flex; gap: 1rem; margin: .4rem 0 1.2rem; }
    a { color: inherit; } .scroll { overflow: auto; max-width: 100%; }
    table { border-collapse: separate; border-spacing: 8px; }
    th { font-weight: 500; font-size: .85rem; max-width: 16rem; min-width: 5rem; overflow-wrap: break-word; }
    thead th { vertical-align: bottom; } tbody th { text-align: right; position: sticky; left: 0; \
    background: var(--ground); padding-right: .4rem; }
    figure { margin: 0; } figcaption { font-size: .8rem; max-width: 16rem; }
    img { display: block; width: max(112px, min(256px, 14vw)); height: auto; \
    outline: 1px solid var(--line); image-rendering: auto; }
    .references { display: flex; flex-wrap: wrap; gap: 24px; } \
    .references img { outline-offset: 2px; } .references figcaption { margin-top: 11px; } \
    .source img { outline: 3px solid #8a8a8a; } .reprompt img { outline: 2px dashed var(--faint); }
    .missing span { display: grid; place-items: center; width: 128px; height: 128px; \
    color: var(--faint); outline: 1px solid var(--line); background: repeating-linear-gradient(45deg, \
    var(--ground) 0 8px, var(--hatch) 8px 10px); }
    """
}
