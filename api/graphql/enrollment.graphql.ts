import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { CourseView, EnrollmentType, PackageView } from "../../domain/catalog/catalogue.queries.ts";
import { approvePayment, rejectPayment } from "../../domain/enrollment/approvePayment.ts";
import {
  createEnrollmentPayment,
  type EnrollmentPaymentInput as PaymentInput,
} from "../../domain/enrollment/createEnrollmentPayment.ts";
import {
  countAllEnrollments,
  countMyEnrollments,
  type EnrollmentView,
  findEnrollment,
  findEnrollmentStatus,
  listAllEnrollments,
  listMyEnrollments,
  openProof,
} from "../../domain/enrollment/enrollment.queries.ts";
import { ENROLLMENT_STATUSES, type EnrollmentStatus as Status } from "../../domain/enrollment/enrollment.states.ts";
import { updateProgress } from "../../domain/enrollment/updateProgress.ts";
import { may } from "../../domain/identity/rights.access.ts";
import { setMember } from "../../domain/identity/setMember.ts";
import type { User as UserView } from "../../domain/identity/user.queries.ts";
import { Refusal } from "../../domain/kernel/errors.ts";
import type { PaymentMethod as Method } from "../../domain/payment/methods.rules.ts";
import { canReadInstructions } from "../../domain/payment/payment.access.ts";
import type { PaymentView } from "../../domain/payment/payment.queries.ts";
import { Course, EnrollmentPaymentType, Package } from "./catalog.graphql.ts";
import { connectionOf, DeskPageArgs, type Listed, listed, PageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { graphqlEnum } from "./enums.ts";
import { User } from "./identity.graphql.ts";
import { Payment, paymentNow } from "./payment.graphql.ts";
import { PaymentMethod } from "./paymentMethod.graphql.ts";
import { CalendarDay, DateTime } from "./scalars.ts";

const EnrollmentStatus = graphqlEnum("EnrollmentStatus", ENROLLMENT_STATUSES);

@ObjectType({ simpleResolvers: true })
export class Enrollment {
  @Field(() => ID) id!: string;
  @Field(() => EnrollmentStatus) status!: Status;
  @Field(() => Int, { description: "0 to 100." }) progress!: number;
  @Field(() => DateTime) enrolledAt!: Date;
  @Field(() => DateTime, { nullable: true }) completedAt!: Date | null;
}

const EnrollmentConnection = connectionOf("Enrollment", () => Enrollment);

@InputType({ description: "UMUM and DIKE alike: a transfer with its proof, or a payment through Midtrans." })
class EnrollmentPaymentInput implements PaymentInput {
  @Field(() => ID) packageId!: string;
  @Field(() => ID, {
    nullable: true,
    description: "For a package that is not a bundle and holds several courses: which one.",
  })
  courseId?: string | null;
  @Field(() => EnrollmentPaymentType) type!: EnrollmentType;
  @Field(() => String, { nullable: true, description: "https. Given: the payment is PAID and waits for approval." })
  proofUrl?: string | null;
  @Field(() => PaymentMethod, {
    nullable: true,
    description: "Given instead: paid through Midtrans. Neither: startPayment chooses the method later.",
  })
  method?: Method | null;
  @Field(() => String) idempotencyKey!: string;
}

@ArgsType()
class AdminEnrollmentsArgs extends DeskPageArgs {
  @Field(() => ID, { nullable: true }) userId?: string | null;
  @Field(() => ID, { nullable: true }) courseId?: string | null;
  @Field(() => EnrollmentStatus, { nullable: true }) status?: Status | null;
  @Field(() => String, { nullable: true, description: "A learner's whole e-mail address, or a payment's number." })
  search?: string | null;
  @Field(() => CalendarDay, { nullable: true, description: "Begun on this day or later." }) from?: string | null;
  @Field(() => CalendarDay, { nullable: true }) to?: string | null;
}

@Resolver(() => Enrollment)
export class EnrollmentResolver {
  @Query(() => EnrollmentConnection, { description: "The caller's own enrolments, newest first." })
  async enrollments(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<EnrollmentView>> {
    return listed(await listMyEnrollments(app, actor, args), () => countMyEnrollments(app, actor));
  }

  @Query(() => EnrollmentConnection)
  async adminEnrollments(
    @Args(() => AdminEnrollmentsArgs) args: AdminEnrollmentsArgs,
    @Ctx() { app, actor }: Context,
  ): Promise<Listed<EnrollmentView>> {
    return listed(await listAllEnrollments(app, actor, args, args), () => countAllEnrollments(app, actor, args));
  }

  @Query(() => Enrollment, { nullable: true })
  enrollment(@Arg("id", () => ID) id: string, @Ctx() { app, actor }: Context): Promise<EnrollmentView | null> {
    return findEnrollment(app, actor, id);
  }

  @Query(() => EnrollmentStatus, { description: "The caller's own." })
  enrollmentStatus(@Arg("courseId", () => ID) courseId: string, @Ctx() { app, actor }: Context): Promise<Status> {
    return findEnrollmentStatus(app, actor, courseId);
  }

  @Mutation(() => Payment)
  async createEnrollmentPayment(
    @Arg("input", () => EnrollmentPaymentInput) input: EnrollmentPaymentInput,
    @Ctx() context: Context,
  ): Promise<PaymentView> {
    const { paymentId, paymentToken } = await createEnrollmentPayment(context.app, context.actor, input, context);
    return { ...(await paymentNow(context, paymentId)), paymentToken };
  }

  @Mutation(() => Payment, {
    description: "PAID to APPROVED, and every enrolment of the package, in one database transaction.",
  })
  async approvePayment(@Arg("paymentId", () => ID) paymentId: string, @Ctx() context: Context): Promise<PaymentView> {
    return paymentNow(context, await approvePayment(context.app, context.actor, { paymentId }));
  }

  @Mutation(() => Payment, { description: "Ends a payment whose proof is not believed; a new proof is a new payment." })
  async rejectPayment(
    @Arg("paymentId", () => ID) paymentId: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() context: Context,
  ): Promise<PaymentView> {
    return paymentNow(context, await rejectPayment(context.app, context.actor, { paymentId, reason }));
  }

  @Mutation(() => Enrollment, { description: "Only grows; 100 completes the course." })
  async updateEnrollmentProgress(
    @Arg("enrollmentId", () => ID) enrollmentId: string,
    @Arg("progress", () => Int) progress: number,
    @Ctx() { app, actor }: Context,
  ): Promise<EnrollmentView> {
    const id = await updateProgress(app, actor, { enrollmentId, progress });
    const enrollment = await findEnrollment(app, actor, id);
    if (!enrollment) throw new Refusal("NOT_FOUND", "There is no such enrolment");
    return enrollment;
  }

  @Mutation(() => User, { description: "Sets who may buy at the DIKE price." })
  async setMember(
    @Arg("userId", () => ID) userId: string,
    @Arg("isMember", () => Boolean) isMember: boolean,
    @Ctx() { app, actor, loaders }: Context,
  ): Promise<UserView> {
    return loaders.users.load(await setMember(app, actor, { userId, isMember }));
  }

  @FieldResolver(() => Payment, { description: "The oldest that gives it; where none does any more, the last." })
  payment(@Root() { paymentId }: EnrollmentView, @Ctx() { loaders }: Context): Promise<PaymentView> {
    return loaders.payments.load(paymentId);
  }

  @FieldResolver(() => User)
  user(@Root() { userId }: EnrollmentView, @Ctx() { loaders }: Context): Promise<UserView> {
    return loaders.users.load(userId);
  }

  @FieldResolver(() => Course)
  course(@Root() { courseId }: EnrollmentView, @Ctx() { loaders }: Context): Promise<CourseView> {
    return loaders.courses.load(courseId);
  }
}

/** What a payment for courses shows besides; of any other payment all of it is empty. */
@Resolver(() => Payment)
export class PaymentEnrollmentResolver {
  @FieldResolver(() => Package, { nullable: true })
  async package(@Root() { id }: PaymentView, @Ctx() { loaders }: Context): Promise<PackageView | null> {
    const purchase = await loaders.purchases.load(id);
    return purchase && loaders.packages.load(purchase.packageId);
  }

  @FieldResolver(() => Course, { nullable: true, description: "The chosen one; null where it is all of the package." })
  async course(@Root() { id }: PaymentView, @Ctx() { loaders }: Context): Promise<CourseView | null> {
    const purchase = await loaders.purchases.load(id);
    return purchase?.courseId ? loaders.courses.load(purchase.courseId) : null;
  }

  @FieldResolver(() => EnrollmentPaymentType, { nullable: true })
  async type(@Root() { id }: PaymentView, @Ctx() { loaders }: Context): Promise<EnrollmentType | null> {
    return (await loaders.purchases.load(id))?.type ?? null;
  }

  @FieldResolver(() => String, { nullable: true })
  async proofUrl(@Root() payment: PaymentView, @Ctx() { app, actor, loaders }: Context): Promise<string | null> {
    const purchase = await loaders.purchases.load(payment.id);
    return purchase && canReadInstructions(actor, payment) ? openProof(app, purchase) : null;
  }

  @FieldResolver(() => [Payment], {
    description: "Other payments, anybody's, that show the same file as proof; for staff and services, else empty.",
  })
  async proofUsedBy(@Root() { id }: PaymentView, @Ctx() { actor, loaders }: Context): Promise<PaymentView[]> {
    if (!may(actor, "payment.read.any")) return [];
    return Promise.all((await loaders.sameProofs.load(id)).map((other) => loaders.payments.load(other)));
  }

  @FieldResolver(() => String, { nullable: true, description: "Why staff did not believe its proof." })
  async rejectReason(@Root() { id }: PaymentView, @Ctx() { loaders }: Context): Promise<string | null> {
    return (await loaders.purchases.load(id))?.rejectReason ?? null;
  }

  @FieldResolver(() => [Enrollment], { description: "What it gave, and what of it was taken back." })
  async enrollments(@Root() { id }: PaymentView, @Ctx() { loaders }: Context): Promise<EnrollmentView[]> {
    return (await loaders.enrollmentsOf.load(id)).map(({ enrollment }) => enrollment);
  }
}
