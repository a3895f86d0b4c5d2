import { Injectable, type ArgumentsHost } from '@nestjs/common';
import { SecureCookieService, type SecureCookieJar } from 'nestjs-secure-cookie';

/** For the same app without our cookie: nothing that is set goes anywhere. */
@Injectable()
export class IdleService extends SecureCookieService {
  override jar(hostOrRequest: object, response?: object): SecureCookieJar {
    const jar =
      response === undefined
        ? super.jar(hostOrRequest as ArgumentsHost)
        : super.jar(hostOrRequest, response);
    return Object.assign(jar, { set: () => undefined, clear: () => undefined });
  }
}
