/**
 * The house on the screen: its name, logo, colour and background.
 *
 * @module branding
 */

/** What text is drawn with on a colour: whichever contrasts more. */
const [LIGHT, DARK] = ["#ffffff", "#000000"];

/**
 * @param {{name: string, colour: string, logo?: string | null, background?: string | null}} screen
 * @param {(id: string) => any} element
 */
export function showHouse({ name, colour, logo, background }, element) {
  document.title = name;
  element("house").textContent = name;
  element("logo").hidden = !logo;
  if (logo) element("logo").src = logo;
  const { style, dataset } = document.documentElement;
  style.setProperty("--house-colour", colour);
  style.setProperty("--house-ink", inkOn(colour));
  const plain = background?.startsWith("#") ?? false;
  dataset.theme = plain && inkOn(String(background)) === DARK ? "light" : "dark";
  dataset.ground = plain ? "house" : "brand";
  if (plain) style.setProperty("--house-ground", String(background));
  const picture = background && !plain ? `url(${JSON.stringify(background)})` : "none";
  style.setProperty("--house-picture", picture);
}

/**
 * The colour of text on a colour, as WCAG computes contrast.
 *
 * @param {string} colour `#rrggbb`
 */
export function inkOn(colour) {
  const own = luminance(colour);
  const contrast = (/** @type {string} */ ink) => {
    const [low, high] = [own, luminance(ink)].sort((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  };
  return contrast(LIGHT) >= contrast(DARK) ? LIGHT : DARK;
}

/** @param {string} colour `#rrggbb` */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
