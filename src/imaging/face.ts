/** Body parts (DICOM Body Part Examined) whose pictures, alone or stacked, may show a face. */
const faceParts = /HEAD|BRAIN|SKULL|FACE|NECK|ORBIT|SINUS|IAC|PITUITARY|WHOLEBODY|WHOLE BODY/;

/** Whether a face may be recognised in slices of this part; an unknown part may be any. */
export function mayShowFace(bodyPart: string | undefined): boolean {
  return bodyPart === undefined || bodyPart === '' || faceParts.test(bodyPart.toUpperCase());
}
