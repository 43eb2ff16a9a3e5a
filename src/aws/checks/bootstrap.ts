import type { Finding } from '../../base/finding.ts';
import { services } from '../clients.ts';

/** CDK's own, where none was given. */
const QUALIFIER = 'hnb659fds';
/** Context of CDK that names another. */
const QUALIFIER_CONTEXT = '@aws-cdk/core:bootstrapQualifier';

/**
 * Whether `cdk bootstrap` has been here: it leaves its version in a parameter, whatever its stack is called. How recent it
 * has to be, CDK says itself.
 */
export async function checkBootstrap(context: Record<string, unknown>, region: string): Promise<Finding> {
  const qualifier = String(context[QUALIFIER_CONTEXT] ?? QUALIFIER);
  const parameter = `/cdk-bootstrap/${qualifier}/version`;
  const ssm = await services.ssm();
  try {
    const { Parameter } = await ssm.getParameter({ Name: parameter });
    return { name: 'CDK bootstrap', value: `version ${Parameter!.Value}, qualifier ${qualifier}` };
  } catch (error) {
    if ((error as Error).name !== 'ParameterNotFound') throw error;
    return {
      name: 'CDK bootstrap',
      value: `not in ${region} of this account (there is no parameter ${parameter})`,
      remedy: `run npx cdk bootstrap there once; where it has another qualifier, name it with -c ${QUALIFIER_CONTEXT}=...`,
    };
  }
}
