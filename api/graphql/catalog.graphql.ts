import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  InputType,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import {
  type CourseView,
  countProducts,
  ENROLLMENT_TYPES,
  findPackage,
  findProduct,
  listPackages,
  listProducts,
  listStores,
  PACKAGE_APPROVALS,
  type PackageView,
  type ProductView,
  type StoreView,
} from "../../domain/catalog/catalogue.queries.ts";
import { connectionOf, type Listed, listed, PageArgs } from "./connection.ts";
import type { Context } from "./context.ts";
import { Currency, graphqlEnum } from "./enums.ts";
import { Money } from "./scalars.ts";

export const PackageApproval = graphqlEnum("PackageApproval", PACKAGE_APPROVALS);
export const EnrollmentPaymentType = graphqlEnum("EnrollmentPaymentType", ENROLLMENT_TYPES, {
  description: "DIKE: members of the institution. UMUM: the public.",
});

@ObjectType({ simpleResolvers: true })
export class Store {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  slug!: string;

  @Field(() => Int)
  originId!: number;
}

@ObjectType({ simpleResolvers: true })
export class Product {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  slug!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  description!: string;

  @Field(() => Money)
  price!: number;

  @Field(() => Int, { description: "What can be bought right now: on hand less what open orders hold." })
  stock!: number;

  @Field(() => Int)
  weightGrams!: number;

  @Field(() => String, { nullable: true })
  imageUrl!: string | null;

  @Field(() => Float, { nullable: true, description: "Mean of the visible reviews, 1 to 5; null before the first." })
  rating!: number | null;

  @Field(() => Int)
  reviewCount!: number;
}

export const ProductConnection = connectionOf("Product", () => Product);

@ObjectType({ simpleResolvers: true })
export class Course {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  slug!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String)
  description!: string;
}

@ObjectType({ simpleResolvers: true })
export class PackagePrice {
  @Field(() => EnrollmentPaymentType)
  type!: string;

  @Field(() => Money)
  price!: number;
}

@ObjectType({ simpleResolvers: true, description: "What a learner buys: one course, or a bundle of several." })
export class Package {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  slug!: string;

  @Field(() => String)
  name!: string;

  @Field(() => [PackagePrice])
  prices!: PackagePrice[];

  @Field(() => PackageApproval, {
    description: "MANUAL: staff confirms every payment. AUTO: a settlement through Midtrans approves by itself.",
  })
  approval!: string;

  @Field(() => Boolean)
  isBundle!: boolean;

  @Field(() => Money, { nullable: true, description: "Of a subscription; null where it is not sold by the month." })
  monthlyPrice!: number | null;

  @Field(() => [Course])
  courses!: CourseView[];
}

@InputType()
class ProductFilter {
  @Field(() => String, { nullable: true })
  search?: string | null;

  @Field(() => ID, { nullable: true })
  storeId?: string | null;

  @Field(() => Boolean, { nullable: true })
  inStock?: boolean | null;
}

@ArgsType()
class ProductsArgs extends PageArgs {
  @Field(() => ProductFilter, { nullable: true })
  filter?: ProductFilter | null;
}

@Resolver(() => Product)
export class CatalogResolver {
  @Query(() => ProductConnection)
  async products(@Args(() => ProductsArgs) args: ProductsArgs, @Ctx() { app }: Context): Promise<Listed<ProductView>> {
    const filter = args.filter ?? {};
    return listed(await listProducts(app.db, filter, args), () => countProducts(app.db, filter));
  }

  @Query(() => Product, { nullable: true })
  product(
    @Arg("id", () => ID, { nullable: true }) id: string | null,
    @Arg("slug", () => String, { nullable: true }) slug: string | null,
    @Ctx() { app }: Context,
  ): Promise<ProductView | null> {
    return findProduct(app.db, { id, slug });
  }

  @Query(() => [Store], { description: "Every store that sells here." })
  stores(@Ctx() { app }: Context): Promise<StoreView[]> {
    return listStores(app.db);
  }

  @Query(() => [Package])
  packages(@Ctx() { app }: Context): Promise<PackageView[]> {
    return listPackages(app.db);
  }

  @Query(() => Package, { nullable: true })
  package(@Arg("id", () => ID) id: string, @Ctx() { app }: Context): Promise<PackageView | null> {
    return findPackage(app.db, id);
  }

  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }

  @FieldResolver(() => Store)
  store(@Root() product: ProductView, @Ctx() { loaders }: Context): Promise<StoreView> {
    return loaders.stores.load(product.storeId);
  }
}

/** Fields that stand on a package's own row. */
@Resolver(() => Package)
export class PackageResolver {
  @FieldResolver(() => Currency)
  currency(): "IDR" {
    return "IDR";
  }
}
