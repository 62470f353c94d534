/** What the built pages take for @emotion/react (contractflow/web/build.py): styles are in sheets here, and what Reflex's own parts bring becomes the element's style. */

import { createElement } from "react";

export const keyframes = () => "";

export function jsx(type, props, ...children) {
  if (!props?.css) return createElement(type, props, ...children);
  const { css, style, ...rest } = props;
  return createElement(type, { ...rest, style: { ...css, ...style } }, ...children);
}
