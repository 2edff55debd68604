import { readUrl, replaceUrl } from './url.ts';

/** Which domain is shown (null: all of them) and which device is open; both are in the page's address. */
export class Selection {
  domain: string | null = $state(null);
  device: string | null = $state(null);

  constructor() {
    const { domain, device } = readUrl(window.location.search);
    this.domain = domain;
    this.device = device;
  }

  show(domain: string | null): void {
    this.domain = domain;
    replaceUrl({ domain });
  }

  open(device: string | null): void {
    this.device = device;
    replaceUrl({ device });
  }
}
