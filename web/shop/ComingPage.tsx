import { Bone } from "../ui/Bone.tsx";
import cards from "../ui/Card.module.css";
import { Loading } from "../ui/Loading.tsx";
import page from "../ui/Page.module.css";

/** Stands where the first page of a visit will, until its code has come. */
export function ComingPage() {
  return (
    <Loading>
      <div className={`${page["page"]} ${cards.stack}`}>
        <Bone width="55%" height={34} />
        <Bone height={180} />
        <Bone height={180} />
      </div>
    </Loading>
  );
}
