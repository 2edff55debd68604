/** What scrolls must be reached by keyboard, also while nothing in it can be (WCAG 2.2, 2.1.1). */
export function scrollable(element: HTMLElement): void {
  element.tabIndex = 0;
}
