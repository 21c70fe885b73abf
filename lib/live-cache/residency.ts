import { Annotations, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { show, validationError } from '../private/errors';
import { checkEach, checkPattern } from '../private/validation';

/** A part of a cache, and where it is. */
interface Place {
  readonly what: string;
  readonly region: string;
}

/** Where a cache's results and keys may be. Checked at synthesis. */
export class Residency {
  /** France: Amazon's Region in Paris, `eu-west-3`. */
  public static readonly FRANCE = new Residency(['eu-west-3']);

  /**
   * Regions by name. The Region of an S3-compatible service is checked by the name that the service gives it, such as `fr-par`.
   *
   * @param regions at least one
   */
  public static regions(...regions: string[]): Residency {
    return new Residency(regions);
  }

  /** The Regions that are permitted. */
  public readonly allowedRegions: string[];

  private constructor(allowedRegions: string[]) {
    this.allowedRegions = allowedRegions;
  }

  /**
   * Fails if a place is elsewhere, and warns of those that are known only at deployment.
   *
   * @internal
   */
  public _check(scope: IConstruct, places: readonly Place[]): void {
    const allowed = this.allowedRegions;
    if (allowed.length === 0) throw validationError(scope, 'residency is without regions: name at least one');
    const hint = 'the name of a region, such as "eu-west-3"';
    checkEach(scope, 'residency', allowed, (name, value) => checkPattern(scope, name, value, /^[a-z][a-z0-9-]*$/, hint));
    const elsewhere = places.find(({ region }) => !Token.isUnresolved(region) && !allowed.includes(region));
    if (elsewhere !== undefined && !allowed.some((region) => Token.isUnresolved(region))) {
      throw validationError(scope, `residency permits ${show(allowed)}, but ${elsewhere.what} is in ${show(elsewhere.region)}: `
        + 'move it, or permit its region with Residency.regions(...)');
    }
    const unknown = places.filter(({ region }) => Token.isUnresolved(region)).map(({ what }) => what);
    if (unknown.length === 0) return;
    const message = `residency permits ${show(allowed)}, but where ${unknown.join(', ')} will be is not known at synthesis, so nothing checks it`;
    Annotations.of(scope).addWarningV2('@cdk-cache-tiers/live:unknownRegion', `${message}: give the stack an env with a region`);
  }
}
