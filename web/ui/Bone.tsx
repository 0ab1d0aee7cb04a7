import styles from "./Bone.module.css";

interface BoneProps {
  readonly width?: string | number;
  readonly height?: string | number;
  readonly round?: boolean;
}

/** The place of something that is still loading, as large as it will be. */
export function Bone({ width = "100%", height = 16, round }: BoneProps) {
  return <span className={styles.bone} data-round={round || undefined} style={{ width, height }} aria-hidden="true" />;
}
