/** Hands something on through the share sheet of the system. */

/** The person changed their mind; or the sheet is open already, after a second click. */
const NO_FAILURE = ['AbortError', 'InvalidStateError'];

/** Answers false when the browser refused, so that there has to be another way. */
export async function shareOn(data: ShareData): Promise<boolean> {
  try {
    await navigator.share(data);
    return true;
  } catch (error) {
    return error instanceof DOMException && NO_FAILURE.includes(error.name);
  }
}
