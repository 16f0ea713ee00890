/** Chooses a picture of the person's own: by its file, or by dropping one here. */
import { asProblem } from '@prox/api-client';
import { ImageUp } from 'lucide-react';
import { wordsFor } from '@/shared/api/words';
import { uploadPicture } from '@/shared/data/pictures';
import { usePlace } from '@/shared/lib/place';
import { NoPicture } from '@/shared/lib/shrink';
import { DropZone } from './DropZone';

type Props = {
  label: string;
  /** Px of the longer side of what is kept. */
  side: number;
  /** Is given `picture:HASH`. */
  onUploaded: (stored: string) => void;
};

export function PictureUpload({ label, side, onUploaded }: Props) {
  const { organization } = usePlace();
  return (
    <DropZone
      icon={ImageUp}
      accept="image/*"
      wordsFor={(error) =>
        error instanceof NoPicture ? error.message : wordsFor(asProblem(error))
      }
      onFile={async (file) => onUploaded(await uploadPicture(organization.id, file, side))}
    >
      {label}: choose a file
      <span className="pointer-coarse:hidden">, or drop one here</span>
    </DropZone>
  );
}
