/** The QR code of an address, to scan from the screen or to download. */
import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { saveFile } from '@/shared/lib/save-file';
import { toast } from '@/shared/ui/toasts';
import { pngOf, qrOf, svgOf } from './qr';

/** `name`: of the downloaded files, without their ending. */
export default function QrCode({ address, name }: { address: string; name: string }) {
  const qr = useMemo(() => qrOf(address), [address]);
  const png = () =>
    pngOf(qr).then(
      (blob) => saveFile(blob, `${name}.png`),
      () => toast('error', 'The browser could not draw the picture. Download the SVG instead.'),
    );
  const svg = () => saveFile(new Blob([svgOf(qr)], { type: 'image/svg+xml' }), `${name}.svg`);
  return (
    <div className="flex items-center gap-4">
      <svg
        role="img"
        aria-label={`QR code of ${address}`}
        viewBox={`0 0 ${qr.size} ${qr.size}`}
        shapeRendering="crispEdges"
        className="size-32 flex-none rounded-control bg-[#fff] shadow-[0_0_0_1px_var(--line)] forced-color-adjust-none"
      >
        <path d={qr.path} fill="#000" />
      </svg>
      <div className="flex flex-col items-start gap-1">
        <p className="text-sm text-muted">For a poster, a card, or the phone beside you.</p>
        <div className="-ml-2.5 flex flex-wrap">
          <button type="button" className="button button-quiet text-sm" onClick={() => void png()}>
            <Download size={15} aria-hidden="true" /> PNG
          </button>
          <button type="button" className="button button-quiet text-sm" onClick={svg}>
            <Download size={15} aria-hidden="true" /> SVG
          </button>
        </div>
      </div>
    </div>
  );
}
