/** What a window is recognized by: the icon of its app, or the picture of what it shows. */
import { Face } from '@/shared/ui/Face';
import { appIconOf } from '@/system/apps';
import type { WindowFace } from './store';

/** `size`: px. */
export function WindowIcon({ id, face, size }: { id: string; face: WindowFace; size: number }) {
  const Icon = appIconOf(id);
  if (!Icon)
    return <Face name={face.title} picture={face.picture} color={face.color} size={`${size}px`} />;
  return (
    <span
      aria-hidden="true"
      className="grid flex-none place-items-center rounded-icon"
      style={{ width: size, height: size }}
    >
      <Icon size={Math.round(size * 0.8)} strokeWidth={1.75} />
    </span>
  );
}
