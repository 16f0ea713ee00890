/** Exporting desktops, with what the windows of this shell show. */
import ExportDesktop from '@/features/snapshot/ExportDesktop';
import type { DialogProps } from '@/system/dialogs';
import { WINDOW_IDS } from './windowIds';

export default function ExportDialog(props: DialogProps<'export-desktop'>) {
  return <ExportDesktop {...props} ids={WINDOW_IDS} />;
}
